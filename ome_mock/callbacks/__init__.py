"""Requests that OME makes itself: admission webhooks and alerts."""
