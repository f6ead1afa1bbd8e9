-- How a booking's provider said last that they are reached. It says so with every word; what staff have put right
-- meanwhile stays until it says something else.
ALTER TABLE bookings ADD COLUMN source_phone TEXT;
ALTER TABLE bookings ADD COLUMN source_email TEXT;
-- Until now the last word was all there was, but for what staff put right since.
UPDATE bookings SET source_phone = phone, source_email = email WHERE source <> 'staff';
