# A queue takes messages from its own topic, from its own rule of the event bus, or from the services whose role may
# send; and over TLS alone.

locals {
  only_tls = {
    for name in concat(keys(local.topology.queues), values(local.dead_letters)) : name => {
      Sid       = "OnlyTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "arn:aws:sqs:${var.region}:${var.account_id}:${name}"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
  }
  only_own_topic = {
    for name, queue in local.subscribed : name => {
      Sid       = "OwnTopic"
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = local.queue_arns[name]
      Condition = { ArnEquals = { "aws:SourceArn" = local.topic_arns[queue.topic] } }
    }
  }
}

locals {
  only_own_rule = {
    for name in keys(local.told_by_aws) : name => {
      Sid       = "OwnRule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = local.queue_arns[name]
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:${var.region}:${var.account_id}:rule/${name}" } }
    }
  }
}

resource "aws_sqs_queue_policy" "told_by_aws" {
  for_each = local.only_own_rule

  queue_url = aws_sqs_queue.this[each.key].url
  policy    = jsonencode({ Version = "2012-10-17", Statement = [each.value, local.only_tls[each.key]] })
}

resource "aws_sqs_queue_policy" "subscribed" {
  for_each = local.only_own_topic

  queue_url = aws_sqs_queue.this[each.key].url
  policy    = jsonencode({ Version = "2012-10-17", Statement = [each.value, local.only_tls[each.key]] })
}

resource "aws_sqs_queue_policy" "commanded" {
  for_each = {
    for name in setsubtract(keys(local.topology.queues), concat(keys(local.subscribed), keys(local.told_by_aws))) :
    name => local.only_tls[name]
  }

  queue_url = aws_sqs_queue.this[each.key].url
  policy    = jsonencode({ Version = "2012-10-17", Statement = [each.value] })
}

resource "aws_sqs_queue_policy" "dead_letters" {
  for_each = local.dead_letters

  queue_url = aws_sqs_queue.dead_letters[each.key].url
  policy    = jsonencode({ Version = "2012-10-17", Statement = [local.only_tls[each.value]] })
}
