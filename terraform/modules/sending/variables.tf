variable "account_id" {
  description = "AWS account that sends."
  type        = string
}

variable "region" {
  description = "Region that sends."
  type        = string
}
