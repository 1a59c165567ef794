variable "account_id" {
  description = "AWS account that holds the keys."
  type        = string
}
