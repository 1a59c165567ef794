mock_provider "aws" {
  override_during = plan

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:sa-east-1:111122223333:any", url = "https://sqs.sa-east-1.amazonaws.com/111122223333/any" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:sa-east-1:111122223333:any" }
  }
}

variables {
  account_id    = "111122223333"
  region        = "sa-east-1"
  alarm_actions = ["arn:aws:sns:sa-east-1:111122223333:on-call"]
  key_arns = {
    laudo-events  = "arn:aws:kms:sa-east-1:111122223333:key/events"
    laudo-secrets = "arn:aws:kms:sa-east-1:111122223333:key/secrets"
  }
}

run "every_queue_has_dead_letters_and_both_alarms" {
  command = plan

  assert {
    condition     = toset(keys(aws_sqs_queue.this)) == toset(keys(local.topology.queues))
    error_message = "A queue of topology.json is missing."
  }
  assert {
    condition     = alltrue([for name in keys(local.topology.queues) : aws_sqs_queue.dead_letters[name].name == "${name}-dlq"])
    error_message = "A queue has no dead letters."
  }
  assert {
    condition = alltrue([
      for queue in values(aws_sqs_queue.this) :
      jsondecode(queue.redrive_policy).maxReceiveCount == local.topology.queue_settings.max_receive_count
    ]) && local.topology.queue_settings.max_receive_count > local.topology.queue_settings.max_failures
    error_message = "Receives are counted generously: the third failure, not a killed worker, leads to the dead letters."
  }
  assert {
    condition = alltrue([
      for name, alarm in aws_cloudwatch_metric_alarm.dead_letters :
      alarm.threshold == 0 && alarm.dimensions.QueueName == "${name}-dlq" && length(alarm.alarm_actions) == 1
    ]) && length(aws_cloudwatch_metric_alarm.dead_letters) == length(local.topology.queues)
    error_message = "Dead letters without an alarm."
  }
  assert {
    condition = alltrue([
      for name, alarm in aws_cloudwatch_metric_alarm.oldest_message :
      alarm.threshold <= local.retention[name] / 3 && alarm.dimensions.QueueName == name
    ]) && length(aws_cloudwatch_metric_alarm.oldest_message) == length(local.topology.queues)
    error_message = "A queue could stand still unseen."
  }
}

run "queues_are_encrypted_and_take_messages_from_their_own_topic_over_tls_alone" {
  command = plan

  assert {
    condition = alltrue([
      for name, queue in aws_sqs_queue.this : queue.kms_master_key_id == var.key_arns[local.topology.queues[name].kms_key]
    ])
    error_message = "A queue is encrypted with another key than the declared one."
  }
  assert {
    condition = alltrue([
      for name, policy in aws_sqs_queue_policy.subscribed :
      [for item in jsondecode(policy.policy).Statement : item.Condition.ArnEquals["aws:SourceArn"] if item.Effect == "Allow"]
      == ["arn:aws:sns:sa-east-1:111122223333:${local.topology.queues[name].topic}"]
    ])
    error_message = "A queue would take messages of a foreign topic."
  }
  assert {
    condition = alltrue([
      for policy in concat(values(aws_sqs_queue_policy.subscribed), values(aws_sqs_queue_policy.told_by_aws), values(aws_sqs_queue_policy.commanded), values(aws_sqs_queue_policy.dead_letters)) :
      anytrue([for item in jsondecode(policy.policy).Statement : item.Effect == "Deny" && try(item.Condition.Bool["aws:SecureTransport"], "") == "false"])
    ])
    error_message = "A queue could be used without TLS."
  }
  assert {
    condition     = length(aws_sqs_queue_policy.subscribed) + length(aws_sqs_queue_policy.told_by_aws) + length(aws_sqs_queue_policy.commanded) == length(local.topology.queues)
    error_message = "A queue has no policy of its own."
  }
}

run "subscriptions_are_raw_and_filtered_by_the_declared_types" {
  command = plan

  assert {
    condition = alltrue([
      for name, subscription in aws_sns_topic_subscription.this :
      subscription.raw_message_delivery && jsondecode(subscription.filter_policy).type == local.topology.queues[name].types
    ])
    error_message = "A subscription lets other types through, or wraps its messages."
  }
  assert {
    condition     = toset(keys(aws_sns_topic_subscription.this)) == toset([for name, queue in local.topology.queues : name if can(queue.topic)])
    error_message = "A queue with a topic is not subscribed."
  }
}

run "what_aws_tells_goes_to_the_queue_that_asked_for_it_and_to_no_other" {
  command = plan

  assert {
    condition = alltrue([
      for name, rule in aws_cloudwatch_event_rule.this :
      jsondecode(rule.event_pattern).source == local.topology.queues[name].event_sources && aws_cloudwatch_event_target.this[name].rule == name
    ]) && length(aws_cloudwatch_event_rule.this) == length([for queue in local.topology.queues : queue if can(queue.event_sources)])
    error_message = "A rule listens to another source than the declared ones."
  }
  assert {
    condition = alltrue([
      for name, policy in aws_sqs_queue_policy.told_by_aws :
      [for item in jsondecode(policy.policy).Statement : item.Condition.ArnEquals["aws:SourceArn"] if item.Effect == "Allow"]
      == ["arn:aws:events:sa-east-1:111122223333:rule/${name}"]
    ])
    error_message = "A queue would take events of a foreign rule."
  }
}

run "an_alarm_that_tells_nobody_is_refused" {
  command = plan

  variables {
    alarm_actions = []
  }
  expect_failures = [var.alarm_actions]
}
