mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/any" }
  }
}

variables {
  account_id   = "111122223333"
  region       = "sa-east-1"
  cluster_name = "laudo-test"
  bucket_names = {
    laudo-reports = "laudo-reports-111122223333"
    laudo-audit   = "laudo-audit-111122223333"
  }
  key_arns = {
    laudo-events   = "arn:aws:kms:sa-east-1:111122223333:key/events"
    laudo-secrets  = "arn:aws:kms:sa-east-1:111122223333:key/secrets"
    laudo-reports  = "arn:aws:kms:sa-east-1:111122223333:key/reports"
    laudo-audit    = "arn:aws:kms:sa-east-1:111122223333:key/audit"
    laudo-identity = "arn:aws:kms:sa-east-1:111122223333:key/identity"
  }
}

run "a_role_is_worn_by_its_own_pods_alone" {
  command = plan

  assert {
    condition = alltrue([
      for service, role in aws_iam_role.service :
      jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals == {
        "aws:RequestTag/eks-cluster-arn"            = "arn:aws:eks:sa-east-1:111122223333:cluster/laudo-test"
        "aws:RequestTag/kubernetes-namespace"       = "laudo"
        "aws:RequestTag/kubernetes-service-account" = service
      }
    ])
    error_message = "Foreign pods could wear the role."
  }
  assert {
    condition     = aws_eks_pod_identity_association.service["accounts"].service_account == "accounts"
    error_message = "The role is tied to another service account."
  }
}

run "the_real_bucket_is_named_and_only_its_owner_reads_it" {
  command = plan

  assert {
    condition = strcontains(
      aws_iam_role_policy.service["file-management"].policy, "arn:aws:s3:::laudo-reports-111122223333/*"
    )
    error_message = "The owner cannot reach its bucket."
  }
  assert {
    condition = alltrue([
      for service, policy in aws_iam_role_policy.service :
      service == "file-management" || !strcontains(policy.policy, "laudo-reports-")
    ])
    error_message = "Another service reaches reports."
  }
}
