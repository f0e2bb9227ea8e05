-- People as Health knows them: by personal number. `citizen_id` is the federated id, derived from the number with the
-- province's key; it is indexed so that representations resolve without any other register. When that key is rotated,
-- this column alone changes.
CREATE TABLE person (
  number     char(12) PRIMARY KEY CHECK (number ~ '^[0-9]{12}$'),
  citizen_id text     NOT NULL UNIQUE,
  died_on    date
);

CREATE TABLE facility (
  code    text PRIMARY KEY CHECK (code ~ '^[0-9]{5}$'),
  name    text    NOT NULL,
  commune char(5) NOT NULL
);
CREATE INDEX facility_commune ON facility (commune);

-- One row a person: what holds now, or held last. Since 2025-08-01 people are identified by their personal number;
-- the old card number is kept because hospitals and old dossiers still quote it.
CREATE TABLE insurance (
  person      char(12) PRIMARY KEY REFERENCES person,
  card_number char(15) UNIQUE CHECK (card_number ~ '^[A-Z]{2}[1-5][0-9]{12}$'),
  group_code  char(2)  NOT NULL,
  level       smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
  valid_from  date     NOT NULL,
  valid_to    date     NOT NULL CHECK (valid_to >= valid_from),
  facility    text     NOT NULL REFERENCES facility
);

-- `complete` is never stored: it is the count of a person's doses against `doses_required`.
CREATE TABLE series (
  code           text PRIMARY KEY,
  doses_required smallint NOT NULL CHECK (doses_required > 0)
);

CREATE TABLE dose (
  person      char(12) NOT NULL REFERENCES person,
  series      text     NOT NULL REFERENCES series,
  vaccine     text     NOT NULL,
  dose_number smallint NOT NULL CHECK (dose_number > 0),
  given_on    date     NOT NULL,
  PRIMARY KEY (person, series, vaccine, dose_number)
);

CREATE TABLE allergy (
  person    char(12) NOT NULL REFERENCES person,
  substance text     NOT NULL,
  severity  text     NOT NULL CHECK (severity IN ('MILD', 'MODERATE', 'SEVERE')),
  PRIMARY KEY (person, substance)
);

CREATE TABLE disease (
  code text PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE diagnosis (
  person       char(12) NOT NULL REFERENCES person,
  disease      text     NOT NULL REFERENCES disease,
  diagnosed_on date     NOT NULL,
  PRIMARY KEY (person, disease, diagnosed_on)
);
