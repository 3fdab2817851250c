// Statements that change roles. Roles are shared by all databases of a server, so no event trigger is called.

const ofRoles =
  /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*(?:(?:create|alter|drop)\s+(?:role|user|group)(?!\s+mapping)\b|(?:drop|reassign)\s+owned\b|(?:grant|revoke)\b(?!.*\bon\b))/is;

export function changesRoles(sql: string): boolean {
  return ofRoles.test(sql);
}
