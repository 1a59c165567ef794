# Topics, queues with their dead letters, and what feeds them, as topology.json declares.

locals {
  topology = jsondecode(file("${path.module}/../../../topology.json"))
  settings = local.topology.queue_settings

  topic_arns = {
    for name in keys(local.topology.topics) : name => "arn:aws:sns:${var.region}:${var.account_id}:${name}"
  }
  queue_arns = {
    for name in keys(local.topology.queues) : name => "arn:aws:sqs:${var.region}:${var.account_id}:${name}"
  }
  dead_letters = { for name in keys(local.topology.queues) : name => "${name}${local.settings.dead_letter_suffix}" }
  retention    = { for name, queue in local.topology.queues : name => try(queue.retention_s, local.settings.retention_s) }
  subscribed   = { for name, queue in local.topology.queues : name => queue if try(queue.topic, null) != null }
  # What AWS services tell of their own work, such as how a message to a person went.
  told_by_aws = { for name, queue in local.topology.queues : name => queue if try(queue.event_sources, null) != null }
}

resource "aws_sns_topic" "this" {
  for_each = local.topology.topics

  name              = each.key
  kms_master_key_id = var.key_arns[each.value.kms_key]
}

resource "aws_sns_topic_policy" "this" {
  for_each = aws_sns_topic.this

  arn = each.value.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountDecides"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
        Action    = ["sns:Publish", "sns:Subscribe", "sns:GetTopicAttributes", "sns:SetTopicAttributes"]
        Resource  = local.topic_arns[each.key]
        Condition = {}
      },
      {
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = ["sns:Publish"]
        Resource  = local.topic_arns[each.key]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sqs_queue" "dead_letters" {
  for_each = local.dead_letters

  name                      = each.value
  kms_master_key_id         = var.key_arns[local.topology.queues[each.key].kms_key]
  message_retention_seconds = local.settings.dead_letter_retention_s
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queue_arns[each.key]]
  })
}

resource "aws_sqs_queue" "this" {
  for_each = local.topology.queues

  name                       = each.key
  kms_master_key_id          = var.key_arns[each.value.kms_key]
  visibility_timeout_seconds = local.settings.visibility_timeout_s
  receive_wait_time_seconds  = local.settings.receive_wait_s
  message_retention_seconds  = local.retention[each.key]
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[each.key].arn
    maxReceiveCount     = local.settings.max_receive_count
  })
}

resource "aws_sns_topic_subscription" "this" {
  for_each = local.subscribed

  topic_arn            = aws_sns_topic.this[each.value.topic].arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this[each.key].arn
  raw_message_delivery = true
  filter_policy        = jsonencode({ type = each.value.types })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.told_by_aws

  name          = each.key
  description   = "What ${join(" and ", each.value.event_sources)} tell, to ${each.key}"
  event_pattern = jsonencode({ source = each.value.event_sources })
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.told_by_aws

  rule = aws_cloudwatch_event_rule.this[each.key].name
  arn  = aws_sqs_queue.this[each.key].arn
}
