output "queue_urls" {
  description = "Address of every queue."
  value       = module.laudo.queue_urls
}

output "bucket_names" {
  description = "Real name of every bucket: the services are told by LAUDO_* settings."
  value       = module.laudo.bucket_names
}

output "role_arns" {
  description = "Role of every service."
  value       = module.laudo.role_arns
}
