output "queue_urls" {
  description = "Address of every queue."
  value       = module.messaging.queue_urls
}

output "bucket_names" {
  description = "Real name of every bucket."
  value       = module.storage.bucket_names
}

output "role_arns" {
  description = "Role of every service."
  value       = module.identity.role_arns
}
