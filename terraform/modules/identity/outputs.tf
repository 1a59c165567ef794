output "role_arns" {
  description = "Role of every service."
  value       = { for service, role in aws_iam_role.service : service => role.arn }
}
