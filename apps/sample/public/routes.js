const NEW_PATIENT = { name: 'Lucía Campos', born: '1996-04-12' };

export const ROUTES = [
  { method: 'GET', path: '/health', needs: 'open to everyone' },
  { method: 'GET', path: '/greeting', needs: 'everyone, by name if known' },
  { method: 'GET', path: '/me', needs: 'anyone known' },
  { method: 'GET', path: '/patients', needs: 'patients.read' },
  { method: 'GET', path: '/patients/ana-ruiz', needs: 'patients.read in norte' },
  { method: 'POST', path: '/patients', needs: 'patients.write', body: NEW_PATIENT },
  { method: 'GET', path: '/appointments', needs: 'appointments.read' },
  { method: 'POST', path: '/appointments/norte-1/cancel', needs: 'appointments.cancel in norte' },
  { method: 'GET', path: '/staff', needs: 'role tenant-admin' },
  { method: 'DELETE', path: '/staff/ines-mora', needs: 'staff.remove in norte' },
  { method: 'GET', path: '/audit', needs: 'audit.read on the platform' },
];
