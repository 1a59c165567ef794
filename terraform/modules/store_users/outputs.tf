output "user_group_id" {
  description = "Group that the replication group of ElastiCache admits; nobody else is let in."
  value       = aws_elasticache_user_group.services.user_group_id
}
