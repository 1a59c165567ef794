variable "account_id" {
  description = "AWS account of this environment; the provider refuses any other."
  type        = string
}

variable "alarm_actions" {
  description = "Whom the alarms tell (ARNs)."
  type        = list(string)
}
