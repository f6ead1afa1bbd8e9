-- Bookings by when they were made: rules and reports had each made the same index. One does for both.
DROP INDEX bookings_by_making;
