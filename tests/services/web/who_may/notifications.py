"""The routes of notifications."""

from tests.services.web.who_may.visitors import Access

WHO_MAY: Access = {}
