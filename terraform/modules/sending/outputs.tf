output "configuration_sets" {
  description = "Names of the configuration sets: notification is told by LAUDO_SES_CONFIGURATION_SET."
  value       = local.configuration_sets
}
