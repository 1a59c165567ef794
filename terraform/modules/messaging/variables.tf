variable "account_id" {
  description = "AWS account that holds the queues."
  type        = string
}

variable "region" {
  description = "Region of topics and queues."
  type        = string
}

variable "key_arns" {
  description = "ARN of every key of topology.json, by its name."
  type        = map(string)
}

variable "alarm_actions" {
  description = "Whom the alarms tell (ARNs). An alarm that tells nobody is none."
  type        = list(string)

  validation {
    condition     = length(var.alarm_actions) > 0
    error_message = "Name at least one alarm action."
  }
}

variable "oldest_message_alarm_s" {
  description = "Age in seconds at which the oldest waiting message raises an alarm."
  type        = number
  default     = 300
}
