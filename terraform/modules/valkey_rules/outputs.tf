output "access_strings" {
  description = "Rules by user."
  value       = local.access_strings
}
