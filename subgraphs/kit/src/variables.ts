type Setting = 'DATABASE_URL' | 'HOST' | 'PORT' | 'RECHECK' | 'REDIS' | 'TLS_CERTIFICATE' | 'TLS_KEY' | 'TLS_CLIENT_CA';

/** The environment variable of one department: `variableOf('one-stop', 'PORT')` is `ONE_STOP_PORT`. */
export const variableOf = (department: string, setting: Setting): string =>
  `${department.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_${setting}`;
