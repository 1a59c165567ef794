variable "account_id" {
  description = "AWS account that holds the resources."
  type        = string
}

variable "region" {
  description = "Region of queues, topics, tables and keys."
  type        = string
}

variable "key_arns" {
  description = "ARN of every key of topology.json, by its name."
  type        = map(string)
}

variable "bucket_names" {
  description = "Real name of a bucket, by its name in topology.json; the same name when absent."
  type        = map(string)
  default     = {}
}
