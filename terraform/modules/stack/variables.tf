variable "account_id" {
  description = "AWS account of this environment."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An AWS account has twelve digits."
  }
}

variable "cluster_name" {
  description = "EKS cluster whose pods wear the services' roles."
  type        = string
}

variable "alarm_actions" {
  description = "Whom the alarms tell (ARNs)."
  type        = list(string)
}

variable "oldest_message_alarm_s" {
  description = "Age in seconds at which the oldest waiting message raises an alarm."
  type        = number
  default     = 300
}
