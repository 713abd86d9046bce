import { DEAD_LINKS } from './dead-links.js';
import type { Copy } from './en.js';

const problem = (title: string, message: string) => ({ title, message });

/** The text of the pages in Spanish. */
export const es: Copy = {
  error: 'Error',
  formFailed: 'Revisa el formulario e inténtalo de nuevo',
  optional: 'opcional',
  email: 'Correo electrónico',
  name: 'Nombre',
  username: 'Nombre de usuario',
  usernameHint: 'Puedes iniciar sesión con él en lugar de tu correo electrónico.',

  invalid: {
    email: 'Introduce un correo electrónico como ana@example.com.',
    name: 'Introduce un nombre de hasta 200 caracteres.',
    username:
      'Usa de 3 a 32 letras, cifras, puntos, guiones y guiones bajos. Empieza por una letra o una cifra.',
    password: 'Introduce una contraseña.',
    passwordRejected: 'Elige otra contraseña.',
    passwordOfAccount: 'Este correo electrónico ya tiene una cuenta. Introduce su contraseña.',
    emailInUse: 'Este correo electrónico ya tiene una cuenta. Usa otro.',
  },

  password: {
    label: 'Contraseña',
    newLabel: 'Contraseña nueva',
    show: 'Mostrar la contraseña',
    hide: 'Ocultar la contraseña',
    hint: (minimumLength) =>
      `Al menos ${minimumLength} caracteres. Unas cuantas palabras sin relación funcionan bien.`,
    strength: (word) => `Seguridad: ${word}`,
    strengths: ['muy baja', 'baja', 'media', 'alta', 'muy alta'],
    better: 'Para hacerla más segura:',
    reasons: {
      too_short: 'Esta contraseña es demasiado corta.',
      too_long: 'Esta contraseña es demasiado larga.',
      not_text: 'Esta contraseña contiene un carácter que no podemos usar.',
      common: 'Esta contraseña es muy común o se parece a una que lo es.',
      personal:
        'Esta contraseña se parece demasiado a tu nombre, tu dirección o el nombre de este servicio.',
      repeated: 'Esta contraseña es sobre todo una repetición.',
      sequential: 'Esta contraseña es sobre todo una secuencia o una fila de teclas.',
      guessable: 'Esta contraseña es fácil de adivinar.',
    },
    suggestions: {
      l33t: 'Cambiar letras por signos parecidos, como "@" por "a", ayuda poco.',
      reverseWords: 'Escribir palabras al revés ayuda poco.',
      allUppercase: 'Escribirlo todo en mayúsculas ayuda poco.',
      capitalization: 'Una mayúscula al principio ayuda poco.',
      dates: 'Evita fechas y años relacionados contigo.',
      recentYears: 'Evita años recientes.',
      associatedYears: 'Evita años relacionados contigo.',
      sequences: 'Evita secuencias.',
      repeated: 'Evita palabras y caracteres repetidos.',
      longerKeyboardPattern: 'Evita patrones de teclas.',
      anotherWord: 'Añade más palabras que sean menos comunes.',
      useWords: 'Usa varias palabras sin relación entre sí.',
    },
  },

  home: {
    title: 'Tu cuenta',
    lead: 'Aquí inicias sesión cuando una aplicación te lo pide. Abre la aplicación que quieras usar e inicia sesión allí.',
    register: 'Crear una cuenta',
    forgot: '¿Has olvidado tu contraseña?',
    changePassword: 'Cambiar la contraseña',
  },

  signIn: {
    title: 'Iniciar sesión',
    lead: 'para continuar en',
    identifier: 'Correo electrónico o nombre de usuario',
    submit: 'Iniciar sesión',
    cancel: 'Cancelar',
    forgot: '¿Has olvidado tu contraseña?',
    register: 'Crear una cuenta',
  },

  code: {
    title: 'Revisa tu correo',
    lead: 'Ha habido muchos inicios de sesión fallidos, así que necesitamos un paso más. Si el nombre y la contraseña eran correctos, hemos enviado un código al correo de la cuenta. Escríbelo',
    label: 'Código del correo',
    hint: 'Seis cifras. El código sirve durante diez minutos.',
    submit: 'Continuar',
  },

  consent: {
    title: '¿Permitir el acceso?',
    asks: 'quiere acceder a tu cuenta',
    scopesTitle: 'Podrá',
    scopes: {
      openid: 'saber quién eres',
      profile: 'ver tu nombre y tu nombre de usuario',
      email: 'ver tu correo electrónico',
      offline_access: 'mantener su acceso mientras no estás',
    },
    otherScope: 'usar esto en tu nombre:',
    returnTo: 'Después volverás a',
    allow: 'Permitir',
    deny: 'Denegar',
  },

  device: {
    title: 'Conectar un dispositivo',
    lead: 'Introduce el código que muestra tu dispositivo.',
    code: 'Código',
    submit: 'Continuar',
    missing: 'Introduce el código.',
    wrong: 'Este código no es correcto o ha caducado. Pide uno nuevo en tu dispositivo.',
    cancelled: 'El dispositivo no se ha conectado.',
  },

  deviceConfirm: {
    title: '¿Es este tu dispositivo?',
    asks: 'quiere conectar un dispositivo. Comprueba que tu dispositivo muestra este código:',
    warning:
      'Si alguien te ha enviado este código, o no tienes el dispositivo contigo, cancela. De lo contrario, otra persona podría entrar en tu cuenta.',
    connect: 'Conectar',
    cancel: 'Cancelar',
  },

  deviceDone: {
    title: 'Dispositivo conectado',
    lead: 'Continúa en tu dispositivo. Puedes cerrar esta página.',
  },

  logout: {
    title: '¿Cerrar sesión?',
    lead: 'Se cerrará tu sesión aquí y en las aplicaciones que has abierto desde aquí.',
    submit: 'Cerrar sesión',
    cancel: 'Cancelar',
  },

  loggedOut: {
    title: 'Has cerrado sesión',
    lead: 'Puedes cerrar esta página.',
    of: 'Has cerrado sesión en',
  },

  register: {
    title: 'Crear una cuenta',
    submit: 'Crear cuenta',
    signIn: 'Iniciar sesión con una cuenta existente',
  },

  checkInbox: {
    title: 'Revisa tu correo',
    lead: 'Hemos enviado un correo a',
    next: 'Abre el enlace que contiene para continuar.',
    hint: '¿No ha llegado tras unos minutos? Revisa la carpeta de correo no deseado y que la dirección sea correcta.',
    resend: 'Volver a enviar el correo',
  },

  verifyEmail: {
    title: 'Confirma tu correo electrónico',
    lead: 'Confirma tu correo electrónico para terminar.',
    submit: 'Confirmar el correo electrónico',
    hint: 'Si no lo has solicitado, puedes cerrar esta página.',
  },

  verified: {
    title: 'Correo electrónico confirmado',
    lead: 'Tu cuenta está lista.',
    signIn: 'Iniciar sesión',
    backToApplication: 'Vuelve a la aplicación e inicia sesión. Puedes cerrar esta página.',
  },

  choosePassword: {
    title: 'Ahora elige una contraseña',
    lead: 'Tu correo electrónico está confirmado. Alguien se registró con él más de una vez, así que no hemos guardado ninguna de las contraseñas. Hemos enviado un enlace para elegir una nueva a',
    hint: 'Puedes cerrar esta página.',
  },

  forgotPassword: {
    title: '¿Has olvidado tu contraseña?',
    lead: 'Te enviaremos un enlace para elegir una nueva.',
    submit: 'Enviar enlace',
  },

  resetPassword: {
    title: 'Elige una contraseña nueva',
    lead: 'Se cerrará tu sesión en todos tus dispositivos.',
    submit: 'Cambiar contraseña',
  },

  changePassword: {
    title: 'Cambia tu contraseña',
    lead: 'Demuestra que eres tú con tu contraseña actual. Se cerrará tu sesión en todos tus dispositivos.',
    current: 'Contraseña actual',
    submit: 'Cambiar contraseña',
  },

  passwordChanged: {
    title: 'Contraseña cambiada',
    lead: 'Se ha cerrado tu sesión en todos tus dispositivos. Inicia sesión con tu contraseña nueva.',
  },

  setup: {
    title: 'Crea el primer administrador',
    lead: 'Todavía no hay ningún administrador. La cuenta que indiques aquí tendrá acceso completo a esta plataforma. Si ya tienes una cuenta, introduce su correo electrónico y su contraseña.',
    submit: 'Crear administrador',
    doneTitle: 'Administrador creado',
    done: 'ya puede administrar esta plataforma. El enlace de configuración ya no funciona.',
  },

  mails: {
    title: 'Correos',
    lead: 'SMTP_URL no está definido, así que los correos no se envían. Aquí se muestran los últimos 100, que se guardan una semana.',
    none: 'Todavía no hay correos.',
    to: 'para',
    all: 'Todos los correos',
  },

  problems: {
    invalid_input: problem(
      'Algunos campos no son válidos',
      'Vuelve atrás, revisa el formulario e inténtalo de nuevo.',
    ),
    invalid_credentials: problem(
      'Nombre o contraseña incorrectos',
      'El nombre o la contraseña no son correctos, o aún no has confirmado tu correo electrónico.',
    ),
    code_wrong: problem(
      'Código incorrecto',
      'Este código no es correcto. Revisa el último correo o vuelve a iniciar sesión.',
    ),
    challenge_invalid: problem(
      'Este código ya no sirve',
      'Ha caducado o ha habido demasiados códigos incorrectos. Vuelve a iniciar sesión para recibir otro.',
    ),
    browser_required: problem(
      'Usa un enlace',
      'Ha habido demasiados intentos fallidos con este nombre. Elige una contraseña nueva con un enlace que te enviamos.',
    ),
    factor_required: problem(
      'Este inicio de sesión requiere otro factor',
      'Tu cuenta exige un segundo paso que no está disponible aquí. Contacta con un administrador.',
    ),
    interaction_expired: problem(
      'Este inicio de sesión ha caducado',
      'Vuelve a la aplicación y empieza de nuevo.',
    ),
    cross_site_request: problem(
      'Este formulario venía de otro sitio',
      'Por tu seguridad no lo hemos aceptado. Abre la página aquí e inténtalo de nuevo.',
    ),
    forbidden: problem('Acceso denegado', 'No tienes acceso a esta página.'),
    not_found: problem('Página no encontrada', 'No hay ninguna página en esta dirección.'),
    account_locked: problem(
      'Demasiados intentos fallidos',
      'Inténtalo más tarde o elige una contraseña nueva para iniciar sesión ahora.',
    ),
    rate_limited: problem('Demasiadas solicitudes', 'Espera un momento e inténtalo de nuevo.'),
    overloaded: problem(
      'Ahora mismo hay mucha actividad',
      'Inténtalo de nuevo dentro de un momento.',
    ),
    unavailable: problem('No disponible temporalmente', 'Inténtalo de nuevo dentro de un momento.'),
    server_error: problem('Algo ha fallado', 'El problema es nuestro. Inténtalo de nuevo.'),
    body_too_large: problem(
      'Este formulario es demasiado grande',
      'Acorta lo que has escrito e inténtalo de nuevo.',
    ),
    access_denied: problem('Acceso no permitido', 'Vuelve a la aplicación para continuar.'),
  },
  otherProblem: problem(
    'No se ha podido completar la solicitud',
    'Vuelve a la aplicación e inténtalo de nuevo. Si sigue ocurriendo, contacta con su servicio de ayuda.',
  ),
  deadLinks: DEAD_LINKS.es,
  locked: (minutes: number) =>
    `Inténtalo dentro de ${minutes} ${minutes === 1 ? 'minuto' : 'minutos'} o elige una contraseña nueva para iniciar sesión ahora.`,
  limited: (minutes: number) =>
    `Inténtalo dentro de ${minutes} ${minutes === 1 ? 'minuto' : 'minutos'}.`,
  problemCode: 'Código',
  problemDetail: 'Detalles',
  tryAgain: 'Intentar de nuevo',
  goHome: 'Ir a la página de inicio',
  goTo: 'Ir a',
  continueSignIn: 'Seguir con el inicio de sesión',
  requestLink: 'Solicitar un enlace nuevo',
};
