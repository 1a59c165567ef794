variable "passwords" {
  description = "One password of 16 to 128 characters per Valkey user of topology.json, from the secret store."
  type        = map(string)
  sensitive   = true
}
