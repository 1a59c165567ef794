# One role per service, worn by its pods through EKS Pod Identity, with exactly what topology.json says it needs.

module "policies" {
  source = "../policies"

  account_id   = var.account_id
  region       = var.region
  key_arns     = var.key_arns
  bucket_names = var.bucket_names
}

locals {
  # Only this cluster's pods, in this namespace, under the service's own name may wear the role.
  trust = {
    for service in keys(module.policies.documents) : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Service = "pods.eks.amazonaws.com" }
        Action    = ["sts:AssumeRole", "sts:TagSession"]
        Condition = {
          StringEquals = {
            "aws:RequestTag/eks-cluster-arn"            = "arn:aws:eks:${var.region}:${var.account_id}:cluster/${var.cluster_name}"
            "aws:RequestTag/kubernetes-namespace"       = var.namespace
            "aws:RequestTag/kubernetes-service-account" = service
          }
        }
      }]
    })
  }
}

resource "aws_iam_role" "service" {
  for_each = local.trust

  name                 = "laudo-${each.key}"
  description          = "Pods of ${each.key}"
  assume_role_policy   = each.value
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "service" {
  for_each = module.policies.documents

  name   = "laudo-${each.key}"
  role   = aws_iam_role.service[each.key].id
  policy = each.value
}

resource "aws_eks_pod_identity_association" "service" {
  for_each = aws_iam_role.service

  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = each.key
  role_arn        = each.value.arn
}
