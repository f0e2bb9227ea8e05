/** The environment variable of one department: `variableOf('one-stop', 'PORT')` is `ONE_STOP_PORT`. */
export const variableOf = (department: string, setting: 'DATABASE_URL' | 'HOST' | 'PORT'): string =>
  `${department.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_${setting}`;
