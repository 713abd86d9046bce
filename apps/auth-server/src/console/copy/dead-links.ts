/** What the pages of links that no longer work say, in each language. */
export const DEAD_LINKS = {
  en: {
    titles: {
      used: 'This link was already used',
      expired: 'This link has expired',
      unknown: 'This link is not valid',
    },
    sentences: {
      reset_password: {
        used: 'A new password was chosen with it. Sign in with that password, or request a new link.',
        expired: 'Links to choose a password work for one hour. Request a new one.',
        unknown: 'Part of it may be missing, or a newer link replaced it. Request a new one.',
      },
      verify_email: {
        used: 'Your email address is confirmed. You can sign in.',
        expired: 'Enter your email address to get a new link.',
        unknown:
          'Part of it may be missing, or your email address is confirmed already. Try to sign in, or enter your email address to get a new link.',
      },
      first_administrator: {
        used: 'This platform has an administrator. No setup link is needed.',
        expired: 'Restart the server or use its command setup-link to get a new link.',
        unknown:
          'If an administrator exists, no setup link is needed. Otherwise, restart the server or use its command setup-link to get a new link.',
      },
    },
    resend: 'Send a new link',
  },
  es: {
    titles: {
      used: 'Este enlace ya se ha usado',
      expired: 'Este enlace ha caducado',
      unknown: 'Este enlace no es válido',
    },
    sentences: {
      reset_password: {
        used: 'Con él se eligió una contraseña nueva. Inicia sesión con ella o solicita un enlace nuevo.',
        expired:
          'Los enlaces para elegir una contraseña funcionan durante una hora. Solicita uno nuevo.',
        unknown:
          'Puede que falte una parte o que otro más reciente lo haya sustituido. Solicita uno nuevo.',
      },
      verify_email: {
        used: 'Tu correo electrónico está confirmado. Puedes iniciar sesión.',
        expired: 'Introduce tu correo electrónico para recibir un enlace nuevo.',
        unknown:
          'Puede que falte una parte o que tu correo electrónico ya esté confirmado. Intenta iniciar sesión o introduce tu correo electrónico para recibir un enlace nuevo.',
      },
      first_administrator: {
        used: 'Esta plataforma tiene un administrador. No hace falta ningún enlace de configuración.',
        expired: 'Reinicia el servidor o usa su comando setup-link para obtener un enlace nuevo.',
        unknown:
          'Si ya hay un administrador, no hace falta ningún enlace de configuración. Si no lo hay, reinicia el servidor o usa su comando setup-link para obtener un enlace nuevo.',
      },
    },
    resend: 'Enviar un enlace nuevo',
  },
};
