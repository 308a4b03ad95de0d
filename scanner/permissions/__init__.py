"""IAM policies: read as documents, matched, evaluated. Pure, standard library only."""
