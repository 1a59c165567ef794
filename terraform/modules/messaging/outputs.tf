output "queue_urls" {
  description = "Address of every queue, by its name."
  value       = { for name, queue in aws_sqs_queue.this : name => queue.url }
}

output "topic_arns" {
  description = "ARN of every topic, by its name."
  value       = { for name, topic in aws_sns_topic.this : name => topic.arn }
}
