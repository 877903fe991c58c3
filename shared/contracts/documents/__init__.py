"""The documents that are generated from the contracts: the AsyncAPI document, the JSON Schemas, and their files."""

from shared.contracts.documents.asyncapi import asyncapi_document
from shared.contracts.documents.files import BreakingChange, breaking_changes, stale_contracts, write_contracts

__all__ = ["BreakingChange", "asyncapi_document", "breaking_changes", "stale_contracts", "write_contracts"]
