variable "account_id" {
  description = "AWS account that holds the resources."
  type        = string
}

variable "region" {
  description = "Region of the cluster and of all resources."
  type        = string
}

variable "key_arns" {
  description = "ARN of every key of topology.json, by its name."
  type        = map(string)
}

variable "bucket_names" {
  description = "Real name of a bucket, by its name in topology.json."
  type        = map(string)
}

variable "cluster_name" {
  description = "EKS cluster whose pods wear the roles."
  type        = string
}

variable "namespace" {
  description = "Kubernetes namespace of the services."
  type        = string
  default     = "laudo"
}
