"""Storage: files in the checkout and in the user's folders, journals and receipts."""
