variable "key_arns" {
  description = "ARN of every key of topology.json, by its name."
  type        = map(string)
}

variable "bucket_names" {
  description = "Real name of a bucket, by its name in topology.json: S3 names are shared by the whole world."
  type        = map(string)
  default     = {}
}
