output "bucket_names" {
  description = "Real name of every bucket, by its name in topology.json."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.bucket }
}
