/** The one role of an embedded server, and the name of its database. */
export const SUPERUSER = 'gantry';
