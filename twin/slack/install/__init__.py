"""Installing an app by OAuth."""
