"""CloudFormation: templates, what CDK writes, AWS SAM and change sets, read into blocks."""
