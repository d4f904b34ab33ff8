//! What can be done with models: find, save, update, destroy, sync.
