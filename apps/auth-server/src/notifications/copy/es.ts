import type { MailCopy } from './en.js';

const IGNORE = 'Si no lo has solicitado, puedes ignorar este correo.';
const NOTHING_CHANGED = `${IGNORE} Tu cuenta no ha cambiado.`;

/** The mails in Spanish. */
export const es: MailCopy = {
  accountDeactivated: () => ({
    subject: 'Tu cuenta se ha desactivado',
    lines: [
      'Tu cuenta se ha desactivado y se ha cerrado tu sesión en todos los dispositivos.',
      'Para volver a usarla, elige una contraseña nueva cuando quieras.',
    ],
    action: 'Reactivar la cuenta',
    ending: 'Si no has sido tú, elige una contraseña nueva ahora.',
  }),
  accountDeleted: ({ date }) => ({
    subject: 'Tu cuenta se ha eliminado',
    lines: [
      'Tu cuenta se ha eliminado y se ha cerrado tu sesión en todos los dispositivos.',
      `Tus datos se borrarán el ${date}. Para conservar tu cuenta, elige una contraseña nueva antes de esa fecha.`,
    ],
    action: 'Recuperar la cuenta',
    ending: 'Si no has sido tú, elige una contraseña nueva ahora.',
  }),
  accountLocked: () => ({
    subject: 'El inicio de sesión en tu cuenta está bloqueado en un lugar',
    lines: [
      'Ha habido cinco intentos fallidos de iniciar sesión en tu cuenta desde el mismo lugar, así que la hemos bloqueado para ese lugar durante 15 minutos.',
      'Puedes seguir iniciando sesión en los dispositivos que ya has usado. Si has olvidado tu contraseña, elige una nueva para entrar ahora.',
    ],
    action: 'Elegir una contraseña nueva',
    ending: 'Si no has sido tú, no tienes que hacer nada. Nadie ha entrado en tu cuenta.',
  }),
  addressChanged: ({ newAddress }) => ({
    subject: 'Tu correo electrónico se ha cambiado',
    lines: [
      `El correo electrónico de tu cuenta es ahora ${newAddress}. Esta dirección ya no pertenece a tu cuenta.`,
    ],
    ending: 'Si no lo has solicitado, ponte en contacto con el servicio de ayuda cuanto antes.',
  }),
  addressChanging: ({ newAddress }) => ({
    subject: 'Tu correo electrónico está a punto de cambiar',
    lines: [
      `Has solicitado cambiar el correo electrónico de tu cuenta a ${newAddress}. El cambio se hará en cuanto se confirme la dirección nueva.`,
      'Si no lo has solicitado, elige una contraseña nueva ahora para cancelar el cambio.',
    ],
    action: 'Elegir una contraseña nueva',
    ending: 'Si lo has solicitado, aquí no tienes que hacer nada.',
  }),
  addressInUse: () => ({
    subject: 'Ya tienes una cuenta',
    lines: [
      'Has solicitado usar este correo electrónico para otra cuenta, pero ya pertenece a una.',
      'Si has olvidado la contraseña de esa cuenta, o la cerraste, elige una contraseña nueva.',
    ],
    action: 'Elegir una contraseña nueva',
    ending: NOTHING_CHANGED,
  }),
  alreadyRegistered: ({ brand }) => ({
    subject: 'Ya tienes una cuenta',
    lines: [
      `Has intentado crear una cuenta de ${brand} con este correo electrónico, pero ya tienes una.`,
      'Si has olvidado tu contraseña, o cerraste tu cuenta, elige una contraseña nueva. El enlace funciona durante una hora.',
    ],
    action: 'Elegir una contraseña nueva',
    ending: NOTHING_CHANGED,
  }),
  choosePassword: () => ({
    subject: 'Elige tu contraseña',
    lines: [
      'Tu correo electrónico está confirmado. Alguien se registró con él más de una vez, así que por tu seguridad no hemos guardado ninguna de las contraseñas.',
      'Elige una contraseña para empezar a usar tu cuenta. El enlace funciona durante una hora.',
    ],
    action: 'Elegir una contraseña',
    ending: 'Si no has creado una cuenta, puedes ignorar este correo. Nadie puede usar la cuenta.',
  }),
  confirmNewAddress: () => ({
    subject: 'Confirma tu nuevo correo electrónico',
    lines: [
      'Confirma este correo electrónico para usarlo en tu cuenta. El enlace funciona durante 24 horas.',
    ],
    action: 'Confirmar el correo electrónico',
    ending: IGNORE,
  }),
  noAccount: ({ brand, issuer }) => ({
    subject: 'No hay ninguna cuenta con este correo electrónico',
    lines: [
      `Has pedido un enlace a ${brand} (${issuer}), pero no hay ninguna cuenta con este correo electrónico. Es posible que te registraras con otro.`,
    ],
    ending: IGNORE,
  }),
  passwordChanged: () => ({
    subject: 'Tu contraseña se ha cambiado',
    lines: [
      'Tu contraseña se ha cambiado y se ha cerrado tu sesión en los demás dispositivos.',
      'Si no has sido tú, elige una contraseña nueva ahora.',
    ],
    action: 'Elegir una contraseña nueva',
    ending: 'Si la has cambiado tú, no tienes que hacer nada.',
  }),
  resetPassword: () => ({
    subject: 'Elige una contraseña nueva',
    lines: ['Elige una contraseña nueva para tu cuenta. El enlace funciona durante una hora.'],
    action: 'Elegir una contraseña nueva',
    ending: `${IGNORE} Tu contraseña no ha cambiado.`,
  }),
  signInCode: ({ brand, code }) => ({
    subject: `Tu código para iniciar sesión es ${code}`,
    lines: [
      `Escribe este código para terminar de iniciar sesión en ${brand}: ${code}`,
      'El código sirve durante diez minutos. Te lo pedimos porque ha habido muchos intentos fallidos de entrar en tu cuenta.',
    ],
    ending:
      'Si no estás iniciando sesión ahora, otra persona conoce tu contraseña. No compartas este código y elige una contraseña nueva.',
  }),
  verifyEmail: ({ brand, isUsernameTaken }) => ({
    subject: 'Confirma tu correo electrónico',
    lines: [
      `Confirma tu correo electrónico para terminar de crear tu cuenta de ${brand}. El enlace funciona durante 24 horas.`,
      ...(isUsernameTaken
        ? [
            'El nombre de usuario solicitado ya está en uso, así que tu cuenta todavía no tiene ninguno. Puedes elegir uno más adelante.',
          ]
        : []),
    ],
    action: 'Confirmar el correo electrónico',
    ending: IGNORE,
  }),
};
