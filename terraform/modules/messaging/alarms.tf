# Nobody watches a queue by hand: each one calls when it stands still, and when anything lands in its dead letters.

locals {
  # A message that lives 15 minutes must be missed well before it is gone.
  oldest_allowed_s = { for name, seconds in local.retention : name => min(var.oldest_message_alarm_s, floor(seconds / 3)) }
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  for_each = local.dead_letters

  alarm_name          = each.value
  alarm_description   = "Messages failed ${local.settings.max_failures} times in ${each.key}, or were malformed: read why, mend, redrive."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters[each.key].name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "oldest_message" {
  for_each = local.topology.queues

  alarm_name          = "${each.key}-age"
  alarm_description   = "The oldest message of ${each.key} waits longer than ${local.oldest_allowed_s[each.key]} s: is its consumer running?"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.this[each.key].name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.oldest_allowed_s[each.key]
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}
