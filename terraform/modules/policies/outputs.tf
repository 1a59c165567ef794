output "documents" {
  description = "IAM policy document (JSON) of every service."
  value = {
    for service, statements in local.statements : service => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          for item in statements :
          { Sid = item.sid, Effect = item.effect, Action = item.actions, Resource = item.resources }
        ],
        [for item in local.conditional[service] : jsondecode(item)],
      )
    })
  }
}
