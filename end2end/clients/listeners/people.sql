CREATE TABLE people (
  name VARCHAR(100) NOT NULL,
  age INT,
  member BOOLEAN
);
