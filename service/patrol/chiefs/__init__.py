"""The lists of forest chiefs: tasks, resources, problems."""
