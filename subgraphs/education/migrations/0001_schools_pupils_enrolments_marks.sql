CREATE TABLE school (
  code    text PRIMARY KEY,
  name    text    NOT NULL,
  commune char(5) NOT NULL,
  level   text    NOT NULL CHECK (level IN ('PRIMARY', 'LOWER_SECONDARY', 'UPPER_SECONDARY'))
);

-- Codes of pupils who are first seen by an enrolment; imported codes stay below.
CREATE SEQUENCE pupil_code AS bigint START 5190000000;

-- `code` is the ministry's, never changed. `number` is unknown for a pupil who was enrolled by federated id, until the
-- next import brings it. Names are not kept: the citizens department has them, and a list in the order of names would
-- tell a caller without the scope of names who is who.
CREATE TABLE pupil (
  code       text PRIMARY KEY DEFAULT nextval('pupil_code')::text,
  citizen_id text     NOT NULL UNIQUE,
  number     char(12) UNIQUE CHECK (number ~ '^[0-9]{12}$')
);
ALTER SEQUENCE pupil_code OWNED BY pupil.code;

CREATE TABLE enrolment (
  id         bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pupil      text     NOT NULL REFERENCES pupil,
  school     text     NOT NULL REFERENCES school,
  grade      smallint NOT NULL CHECK (grade BETWEEN 1 AND 12),
  started_on date     NOT NULL,
  ended_on   date     CHECK (ended_on >= started_on)
);
CREATE INDEX enrolment_pupil ON enrolment (pupil, started_on DESC);
-- Nobody goes to two schools at a time; the index also holds when two counters enrol at once.
CREATE UNIQUE INDEX enrolment_current ON enrolment (pupil) WHERE ended_on IS NULL;
CREATE INDEX enrolment_school_current ON enrolment (school, grade, pupil) WHERE ended_on IS NULL;

CREATE TABLE mark (
  pupil       text         NOT NULL REFERENCES pupil,
  school_year char(9)      NOT NULL CHECK (school_year ~ '^[0-9]{4}-[0-9]{4}$'),
  grade       smallint     NOT NULL CHECK (grade BETWEEN 1 AND 12),
  school      text         NOT NULL REFERENCES school,
  subject     text         NOT NULL,
  score       numeric(3,1) NOT NULL CHECK (score BETWEEN 0 AND 10),
  PRIMARY KEY (pupil, school_year, subject)
);
