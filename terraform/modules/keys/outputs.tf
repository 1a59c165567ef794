output "arns" {
  description = "ARN of every key of topology.json, by its name."
  value       = { for name, key in aws_kms_key.this : name => key.arn }
}
