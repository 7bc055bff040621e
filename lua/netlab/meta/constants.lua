---@meta
-- The constants that scripts know, made from the program: make meta.

---address families, socket(2)
---@type integer
AF_INET = nil

---address families, socket(2)
---@type integer
AF_INET6 = nil

---address families, socket(2)
---@type integer
AF_NETLINK = nil

---address families, socket(2)
---@type integer
AF_PACKET = nil

---address families, socket(2)
---@type integer
AF_UNIX = nil

---address families, socket(2)
---@type integer
AF_UNSPEC = nil

---Argument list too long; errno(3)
---@type netlab.Errno
E2BIG = nil

---Permission denied; errno(3)
---@type netlab.Errno
EACCES = nil

---Address already in use; errno(3)
---@type netlab.Errno
EADDRINUSE = nil

---Cannot assign requested address; errno(3)
---@type netlab.Errno
EADDRNOTAVAIL = nil

---Advertise error; errno(3)
---@type netlab.Errno
EADV = nil

---Address family not supported by protocol; errno(3)
---@type netlab.Errno
EAFNOSUPPORT = nil

---Resource temporarily unavailable; errno(3)
---@type netlab.Errno
EAGAIN = nil

---Operation already in progress; errno(3)
---@type netlab.Errno
EALREADY = nil

---Invalid exchange; errno(3)
---@type netlab.Errno
EBADE = nil

---Bad file descriptor; errno(3)
---@type netlab.Errno
EBADF = nil

---File descriptor in bad state; errno(3)
---@type netlab.Errno
EBADFD = nil

---Bad message; errno(3)
---@type netlab.Errno
EBADMSG = nil

---Invalid request descriptor; errno(3)
---@type netlab.Errno
EBADR = nil

---Invalid request code; errno(3)
---@type netlab.Errno
EBADRQC = nil

---Invalid slot; errno(3)
---@type netlab.Errno
EBADSLT = nil

---Bad font file format; errno(3)
---@type netlab.Errno
EBFONT = nil

---Device or resource busy; errno(3)
---@type netlab.Errno
EBUSY = nil

---Operation canceled; errno(3)
---@type netlab.Errno
ECANCELED = nil

---No child processes; errno(3)
---@type netlab.Errno
ECHILD = nil

---Channel number out of range; errno(3)
---@type netlab.Errno
ECHRNG = nil

---Communication error on send; errno(3)
---@type netlab.Errno
ECOMM = nil

---Software caused connection abort; errno(3)
---@type netlab.Errno
ECONNABORTED = nil

---Connection refused; errno(3)
---@type netlab.Errno
ECONNREFUSED = nil

---Connection reset by peer; errno(3)
---@type netlab.Errno
ECONNRESET = nil

---Resource deadlock avoided; errno(3)
---@type netlab.Errno
EDEADLK = nil

---Resource deadlock avoided; errno(3)
---@type netlab.Errno
EDEADLOCK = nil

---Destination address required; errno(3)
---@type netlab.Errno
EDESTADDRREQ = nil

---Numerical argument out of domain; errno(3)
---@type netlab.Errno
EDOM = nil

---RFS specific error; errno(3)
---@type netlab.Errno
EDOTDOT = nil

---Disk quota exceeded; errno(3)
---@type netlab.Errno
EDQUOT = nil

---File exists; errno(3)
---@type netlab.Errno
EEXIST = nil

---Bad address; errno(3)
---@type netlab.Errno
EFAULT = nil

---File too large; errno(3)
---@type netlab.Errno
EFBIG = nil

---Host is down; errno(3)
---@type netlab.Errno
EHOSTDOWN = nil

---No route to host; errno(3)
---@type netlab.Errno
EHOSTUNREACH = nil

---Memory page has hardware error; errno(3)
---@type netlab.Errno
EHWPOISON = nil

---Identifier removed; errno(3)
---@type netlab.Errno
EIDRM = nil

---Invalid or incomplete multibyte or wide character; errno(3)
---@type netlab.Errno
EILSEQ = nil

---Operation now in progress; errno(3)
---@type netlab.Errno
EINPROGRESS = nil

---Interrupted system call; errno(3)
---@type netlab.Errno
EINTR = nil

---Invalid argument; errno(3)
---@type netlab.Errno
EINVAL = nil

---Input/output error; errno(3)
---@type netlab.Errno
EIO = nil

---Transport endpoint is already connected; errno(3)
---@type netlab.Errno
EISCONN = nil

---Is a directory; errno(3)
---@type netlab.Errno
EISDIR = nil

---Is a named type file; errno(3)
---@type netlab.Errno
EISNAM = nil

---Key has expired; errno(3)
---@type netlab.Errno
EKEYEXPIRED = nil

---Key was rejected by service; errno(3)
---@type netlab.Errno
EKEYREJECTED = nil

---Key has been revoked; errno(3)
---@type netlab.Errno
EKEYREVOKED = nil

---Level 2 halted; errno(3)
---@type netlab.Errno
EL2HLT = nil

---Level 2 not synchronized; errno(3)
---@type netlab.Errno
EL2NSYNC = nil

---Level 3 halted; errno(3)
---@type netlab.Errno
EL3HLT = nil

---Level 3 reset; errno(3)
---@type netlab.Errno
EL3RST = nil

---Can not access a needed shared library; errno(3)
---@type netlab.Errno
ELIBACC = nil

---Accessing a corrupted shared library; errno(3)
---@type netlab.Errno
ELIBBAD = nil

---Cannot exec a shared library directly; errno(3)
---@type netlab.Errno
ELIBEXEC = nil

---Attempting to link in too many shared libraries; errno(3)
---@type netlab.Errno
ELIBMAX = nil

---.lib section in a.out corrupted; errno(3)
---@type netlab.Errno
ELIBSCN = nil

---Link number out of range; errno(3)
---@type netlab.Errno
ELNRNG = nil

---Too many levels of symbolic links; errno(3)
---@type netlab.Errno
ELOOP = nil

---Wrong medium type; errno(3)
---@type netlab.Errno
EMEDIUMTYPE = nil

---Too many open files; errno(3)
---@type netlab.Errno
EMFILE = nil

---Too many links; errno(3)
---@type netlab.Errno
EMLINK = nil

---Message too long; errno(3)
---@type netlab.Errno
EMSGSIZE = nil

---Multihop attempted; errno(3)
---@type netlab.Errno
EMULTIHOP = nil

---File name too long; errno(3)
---@type netlab.Errno
ENAMETOOLONG = nil

---No XENIX semaphores available; errno(3)
---@type netlab.Errno
ENAVAIL = nil

---Network is down; errno(3)
---@type netlab.Errno
ENETDOWN = nil

---Network dropped connection on reset; errno(3)
---@type netlab.Errno
ENETRESET = nil

---Network is unreachable; errno(3)
---@type netlab.Errno
ENETUNREACH = nil

---Too many open files in system; errno(3)
---@type netlab.Errno
ENFILE = nil

---No anode; errno(3)
---@type netlab.Errno
ENOANO = nil

---No buffer space available; errno(3)
---@type netlab.Errno
ENOBUFS = nil

---No CSI structure available; errno(3)
---@type netlab.Errno
ENOCSI = nil

---No data available; errno(3)
---@type netlab.Errno
ENODATA = nil

---No such device; errno(3)
---@type netlab.Errno
ENODEV = nil

---No such file or directory; errno(3)
---@type netlab.Errno
ENOENT = nil

---Exec format error; errno(3)
---@type netlab.Errno
ENOEXEC = nil

---Required key not available; errno(3)
---@type netlab.Errno
ENOKEY = nil

---No locks available; errno(3)
---@type netlab.Errno
ENOLCK = nil

---Link has been severed; errno(3)
---@type netlab.Errno
ENOLINK = nil

---No medium found; errno(3)
---@type netlab.Errno
ENOMEDIUM = nil

---Cannot allocate memory; errno(3)
---@type netlab.Errno
ENOMEM = nil

---No message of desired type; errno(3)
---@type netlab.Errno
ENOMSG = nil

---Machine is not on the network; errno(3)
---@type netlab.Errno
ENONET = nil

---Package not installed; errno(3)
---@type netlab.Errno
ENOPKG = nil

---Protocol not available; errno(3)
---@type netlab.Errno
ENOPROTOOPT = nil

---No space left on device; errno(3)
---@type netlab.Errno
ENOSPC = nil

---Out of streams resources; errno(3)
---@type netlab.Errno
ENOSR = nil

---Device not a stream; errno(3)
---@type netlab.Errno
ENOSTR = nil

---Function not implemented; errno(3)
---@type netlab.Errno
ENOSYS = nil

---Block device required; errno(3)
---@type netlab.Errno
ENOTBLK = nil

---Transport endpoint is not connected; errno(3)
---@type netlab.Errno
ENOTCONN = nil

---Not a directory; errno(3)
---@type netlab.Errno
ENOTDIR = nil

---Directory not empty; errno(3)
---@type netlab.Errno
ENOTEMPTY = nil

---Not a XENIX named type file; errno(3)
---@type netlab.Errno
ENOTNAM = nil

---State not recoverable; errno(3)
---@type netlab.Errno
ENOTRECOVERABLE = nil

---Socket operation on non-socket; errno(3)
---@type netlab.Errno
ENOTSOCK = nil

---Operation not supported; errno(3)
---@type netlab.Errno
ENOTSUP = nil

---Inappropriate ioctl for device; errno(3)
---@type netlab.Errno
ENOTTY = nil

---Name not unique on network; errno(3)
---@type netlab.Errno
ENOTUNIQ = nil

---No such device or address; errno(3)
---@type netlab.Errno
ENXIO = nil

---Operation not supported; errno(3)
---@type netlab.Errno
EOPNOTSUPP = nil

---Value too large for defined data type; errno(3)
---@type netlab.Errno
EOVERFLOW = nil

---Owner died; errno(3)
---@type netlab.Errno
EOWNERDEAD = nil

---Operation not permitted; errno(3)
---@type netlab.Errno
EPERM = nil

---Protocol family not supported; errno(3)
---@type netlab.Errno
EPFNOSUPPORT = nil

---Broken pipe; errno(3)
---@type netlab.Errno
EPIPE = nil

---Protocol error; errno(3)
---@type netlab.Errno
EPROTO = nil

---Protocol not supported; errno(3)
---@type netlab.Errno
EPROTONOSUPPORT = nil

---Protocol wrong type for socket; errno(3)
---@type netlab.Errno
EPROTOTYPE = nil

---Numerical result out of range; errno(3)
---@type netlab.Errno
ERANGE = nil

---Remote address changed; errno(3)
---@type netlab.Errno
EREMCHG = nil

---Object is remote; errno(3)
---@type netlab.Errno
EREMOTE = nil

---Remote I/O error; errno(3)
---@type netlab.Errno
EREMOTEIO = nil

---Interrupted system call should be restarted; errno(3)
---@type netlab.Errno
ERESTART = nil

---Operation not possible due to RF-kill; errno(3)
---@type netlab.Errno
ERFKILL = nil

---Read-only file system; errno(3)
---@type netlab.Errno
EROFS = nil

---Cannot send after transport endpoint shutdown; errno(3)
---@type netlab.Errno
ESHUTDOWN = nil

---Socket type not supported; errno(3)
---@type netlab.Errno
ESOCKTNOSUPPORT = nil

---Illegal seek; errno(3)
---@type netlab.Errno
ESPIPE = nil

---No such process; errno(3)
---@type netlab.Errno
ESRCH = nil

---Srmount error; errno(3)
---@type netlab.Errno
ESRMNT = nil

---Stale file handle; errno(3)
---@type netlab.Errno
ESTALE = nil

---Streams pipe error; errno(3)
---@type netlab.Errno
ESTRPIPE = nil

---Timer expired; errno(3)
---@type netlab.Errno
ETIME = nil

---Connection timed out; errno(3)
---@type netlab.Errno
ETIMEDOUT = nil

---Too many references: cannot splice; errno(3)
---@type netlab.Errno
ETOOMANYREFS = nil

---Text file busy; errno(3)
---@type netlab.Errno
ETXTBSY = nil

---Structure needs cleaning; errno(3)
---@type netlab.Errno
EUCLEAN = nil

---Protocol driver not attached; errno(3)
---@type netlab.Errno
EUNATCH = nil

---Too many users; errno(3)
---@type netlab.Errno
EUSERS = nil

---Resource temporarily unavailable; errno(3)
---@type netlab.Errno
EWOULDBLOCK = nil

---Invalid cross-device link; errno(3)
---@type netlab.Errno
EXDEV = nil

---Exchange full; errno(3)
---@type netlab.Errno
EXFULL = nil

---fcntl(2)
---@type integer
FD_CLOEXEC = nil

---ioctl(2), tcp(7)
---@type integer
FIONREAD = nil

---fcntl(2)
---@type integer
F_GETFD = nil

---fcntl(2)
---@type integer
F_GETFL = nil

---fcntl(2)
---@type integer
F_SETFD = nil

---fcntl(2)
---@type integer
F_SETFL = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_DST_UNREACH = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_DST_UNREACH_ADDR = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_DST_UNREACH_ADMIN = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_DST_UNREACH_BEYONDSCOPE = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_DST_UNREACH_NOPORT = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_DST_UNREACH_NOROUTE = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_ECHO_REPLY = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_ECHO_REQUEST = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_PACKET_TOO_BIG = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_PARAM_PROB = nil

---ICMPv6 types and codes, RFC 4443
---@type integer
ICMP6_TIME_EXCEEDED = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_DEST_UNREACH = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_ECHO = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_ECHOREPLY = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_FRAG_NEEDED = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_HOST_ANO = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_HOST_ISOLATED = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_HOST_UNKNOWN = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_HOST_UNREACH = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_HOST_UNR_TOS = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_NET_ANO = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_NET_UNKNOWN = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_NET_UNREACH = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_NET_UNR_TOS = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_PARAMETERPROB = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_PKT_FILTERED = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_PORT_UNREACH = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_PREC_CUTOFF = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_PREC_VIOLATION = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_PROT_UNREACH = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_REDIRECT = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_SOURCE_QUENCH = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_SR_FAILED = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_TIMESTAMP = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_TIMESTAMPREPLY = nil

---ICMP types and codes, RFC 792
---@type integer
ICMP_TIME_EXCEEDED = nil

---numbers, and addresses as texts
---@type string
IN6ADDR_ANY = nil

---numbers, and addresses as texts
---@type string
IN6ADDR_LOOPBACK = nil

---numbers, and addresses as texts
---@type string
INADDR_ANY = nil

---numbers, and addresses as texts
---@type string
INADDR_BROADCAST = nil

---numbers, and addresses as texts
---@type string
INADDR_LOOPBACK = nil

---numbers, and addresses as texts
---@type integer
INET6_ADDRSTRLEN = nil

---numbers, and addresses as texts
---@type integer
INET_ADDRSTRLEN = nil

---protocols, ip(7)
---@type integer
IPPROTO_ICMP = nil

---protocols, ip(7)
---@type integer
IPPROTO_ICMPV6 = nil

---protocols, ip(7)
---@type integer
IPPROTO_IGMP = nil

---protocols, ip(7)
---@type integer
IPPROTO_IP = nil

---protocols, ip(7)
---@type integer
IPPROTO_IPV6 = nil

---protocols, ip(7)
---@type integer
IPPROTO_MPTCP = nil

---protocols, ip(7)
---@type integer
IPPROTO_RAW = nil

---protocols, ip(7)
---@type integer
IPPROTO_TCP = nil

---protocols, ip(7)
---@type integer
IPPROTO_UDP = nil

---protocols, ip(7)
---@type integer
IPPROTO_UDPLITE = nil

---option: boolean (rw); linux/in6.h
---@type integer
IPV6_DONTFRAG = nil

---option: boolean (rw); linux/in6.h
---@type integer
IPV6_FREEBIND = nil

---option: integer, bytes (rw); ipv6(7)
---@type integer
IPV6_MTU = nil

---option: integer, IPV6_PMTUDISC_* (rw); ipv6(7)
---@type integer
IPV6_MTU_DISCOVER = nil

---option: integer, hops (rw); ipv6(7)
---@type integer
IPV6_MULTICAST_HOPS = nil

---option: boolean (rw); ipv6(7)
---@type integer
IPV6_MULTICAST_LOOP = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IPV6_PMTUDISC_DO = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IPV6_PMTUDISC_DONT = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IPV6_PMTUDISC_INTERFACE = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IPV6_PMTUDISC_OMIT = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IPV6_PMTUDISC_PROBE = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IPV6_PMTUDISC_WANT = nil

---option: boolean (rw); ipv6(7)
---@type integer
IPV6_RECVERR = nil

---option: boolean (rw); ipv6(7)
---@type integer
IPV6_RECVHOPLIMIT = nil

---option: boolean (rw); ipv6(7)
---@type integer
IPV6_RECVPKTINFO = nil

---option: boolean (rw); linux/in6.h
---@type integer
IPV6_RECVTCLASS = nil

---option: integer, 0 to 255 (rw); linux/in6.h
---@type integer
IPV6_TCLASS = nil

---option: integer, hops, 0 to 255 (rw); ipv6(7)
---@type integer
IPV6_UNICAST_HOPS = nil

---option: boolean (rw); ipv6(7)
---@type integer
IPV6_V6ONLY = nil

---option: boolean (rw); ip(7)
---@type integer
IP_BIND_ADDRESS_NO_PORT = nil

---option: boolean (rw); ip(7)
---@type integer
IP_FREEBIND = nil

---option: boolean (rw); ip(7)
---@type integer
IP_HDRINCL = nil

---option: integer, hops (rw); linux/in.h
---@type integer
IP_MINTTL = nil

---option: integer, bytes (r); ip(7)
---@type integer
IP_MTU = nil

---option: integer, IP_PMTUDISC_* (rw); ip(7)
---@type integer
IP_MTU_DISCOVER = nil

---option: boolean (rw); ip(7)
---@type integer
IP_MULTICAST_LOOP = nil

---option: integer, hops (rw); ip(7)
---@type integer
IP_MULTICAST_TTL = nil

---option: bytes, at most 40 bytes (rw); ip(7)
---@type integer
IP_OPTIONS = nil

---option: boolean (rw); ip(7)
---@type integer
IP_PKTINFO = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IP_PMTUDISC_DO = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IP_PMTUDISC_DONT = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IP_PMTUDISC_INTERFACE = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IP_PMTUDISC_OMIT = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IP_PMTUDISC_PROBE = nil

---path MTU discovery, ip(7), ipv6(7)
---@type integer
IP_PMTUDISC_WANT = nil

---option: boolean (rw); ip(7)
---@type integer
IP_RECVERR = nil

---option: boolean (rw); ip(7)
---@type integer
IP_RECVTOS = nil

---option: boolean (rw); ip(7)
---@type integer
IP_RECVTTL = nil

---option: integer (rw); ip(7)
---@type integer
IP_TOS = nil

---option: boolean (rw); ip(7)
---@type integer
IP_TRANSPARENT = nil

---option: integer, hops, 1 to 255 (rw); ip(7)
---@type integer
IP_TTL = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_CMSG_CLOEXEC = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_CONFIRM = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_CTRUNC = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_DONTROUTE = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_DONTWAIT = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_EOR = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_ERRQUEUE = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_FASTOPEN = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_MORE = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_NOSIGNAL = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_OOB = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_PEEK = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_TRUNC = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_WAITALL = nil

---flags of send and recv, send(2), recv(2)
---@type integer
MSG_ZEROCOPY = nil

---fcntl(2)
---@type integer
O_ASYNC = nil

---fcntl(2)
---@type integer
O_NONBLOCK = nil

---fcntl(2)
---@type integer
O_RDWR = nil

---events, poll(2)
---@type integer
POLLERR = nil

---events, poll(2)
---@type integer
POLLHUP = nil

---events, poll(2)
---@type integer
POLLIN = nil

---events, poll(2)
---@type integer
POLLNVAL = nil

---events, poll(2)
---@type integer
POLLOUT = nil

---events, poll(2)
---@type integer
POLLPRI = nil

---events, poll(2)
---@type integer
POLLRDBAND = nil

---events, poll(2)
---@type integer
POLLRDHUP = nil

---events, poll(2)
---@type integer
POLLRDNORM = nil

---events, poll(2)
---@type integer
POLLWRBAND = nil

---events, poll(2)
---@type integer
POLLWRNORM = nil

---sigaction(2); the first two are texts
---@type integer
SA_NOCLDSTOP = nil

---sigaction(2); the first two are texts
---@type integer
SA_NOCLDWAIT = nil

---sigaction(2); the first two are texts
---@type integer
SA_NODEFER = nil

---sigaction(2); the first two are texts
---@type integer
SA_RESTART = nil

---types of control data, cmsg(3)
---@type integer
SCM_CREDENTIALS = nil

---types of control data, cmsg(3)
---@type integer
SCM_RIGHTS = nil

---types of control data, cmsg(3)
---@type integer
SCM_TIMESTAMP = nil

---types of control data, cmsg(3)
---@type integer
SCM_TIMESTAMPING = nil

---types of control data, cmsg(3)
---@type integer
SCM_TIMESTAMPNS = nil

---shutdown(2)
---@type integer
SHUT_RD = nil

---shutdown(2)
---@type integer
SHUT_RDWR = nil

---shutdown(2)
---@type integer
SHUT_WR = nil

---signals, signal(7)
---@type integer
SIGABRT = nil

---signals, signal(7)
---@type integer
SIGALRM = nil

---signals, signal(7)
---@type integer
SIGBUS = nil

---signals, signal(7)
---@type integer
SIGCHLD = nil

---signals, signal(7)
---@type integer
SIGCONT = nil

---signals, signal(7)
---@type integer
SIGFPE = nil

---signals, signal(7)
---@type integer
SIGHUP = nil

---signals, signal(7)
---@type integer
SIGILL = nil

---signals, signal(7)
---@type integer
SIGINT = nil

---signals, signal(7)
---@type integer
SIGIO = nil

---signals, signal(7)
---@type integer
SIGKILL = nil

---signals, signal(7)
---@type integer
SIGPIPE = nil

---signals, signal(7)
---@type integer
SIGPOLL = nil

---signals, signal(7)
---@type integer
SIGPROF = nil

---signals, signal(7)
---@type integer
SIGPWR = nil

---signals, signal(7)
---@type integer
SIGQUIT = nil

---signals, signal(7)
---@type integer
SIGSEGV = nil

---signals, signal(7)
---@type integer
SIGSTKFLT = nil

---signals, signal(7)
---@type integer
SIGSTOP = nil

---signals, signal(7)
---@type integer
SIGSYS = nil

---signals, signal(7)
---@type integer
SIGTERM = nil

---signals, signal(7)
---@type integer
SIGTRAP = nil

---signals, signal(7)
---@type integer
SIGTSTP = nil

---signals, signal(7)
---@type integer
SIGTTIN = nil

---signals, signal(7)
---@type integer
SIGTTOU = nil

---signals, signal(7)
---@type integer
SIGURG = nil

---signals, signal(7)
---@type integer
SIGUSR1 = nil

---signals, signal(7)
---@type integer
SIGUSR2 = nil

---signals, signal(7)
---@type integer
SIGVTALRM = nil

---signals, signal(7)
---@type integer
SIGWINCH = nil

---signals, signal(7)
---@type integer
SIGXCPU = nil

---signals, signal(7)
---@type integer
SIGXFSZ = nil

---sigaction(2); the first two are texts
---@type string
SIG_DFL = nil

---sigaction(2); the first two are texts
---@type string
SIG_IGN = nil

---ioctl(2), tcp(7)
---@type integer
SIOCATMARK = nil

---ioctl(2), tcp(7)
---@type integer
SIOCINQ = nil

---ioctl(2), tcp(7)
---@type integer
SIOCOUTQ = nil

---ioctl(2), tcp(7)
---@type integer
SIOCOUTQNSD = nil

---flags of a type, socket(2)
---@type integer
SOCK_CLOEXEC = nil

---socket types, socket(2)
---@type integer
SOCK_DGRAM = nil

---flags of a type, socket(2)
---@type integer
SOCK_NONBLOCK = nil

---socket types, socket(2)
---@type integer
SOCK_RAW = nil

---socket types, socket(2)
---@type integer
SOCK_SEQPACKET = nil

---socket types, socket(2)
---@type integer
SOCK_STREAM = nil

---levels of options, setsockopt(2)
---@type integer
SOL_ICMPV6 = nil

---levels of options, setsockopt(2)
---@type integer
SOL_IP = nil

---levels of options, setsockopt(2)
---@type integer
SOL_IPV6 = nil

---levels of options, setsockopt(2)
---@type integer
SOL_RAW = nil

---levels of options, setsockopt(2)
---@type integer
SOL_SOCKET = nil

---levels of options, setsockopt(2)
---@type integer
SOL_TCP = nil

---levels of options, setsockopt(2)
---@type integer
SOL_UDP = nil

---numbers, and addresses as texts
---@type integer
SOMAXCONN = nil

---option: boolean (r); socket(7)
---@type integer
SO_ACCEPTCONN = nil

---option: string (rw); socket(7)
---@type integer
SO_BINDTODEVICE = nil

---option: boolean (rw); socket(7)
---@type integer
SO_BROADCAST = nil

---option: integer (r); socket(7)
---@type integer
SO_DOMAIN = nil

---option: boolean (rw); socket(7)
---@type integer
SO_DONTROUTE = nil

---origin of an error, ip(7)
---@type integer
SO_EE_ORIGIN_ICMP = nil

---origin of an error, ip(7)
---@type integer
SO_EE_ORIGIN_ICMP6 = nil

---origin of an error, ip(7)
---@type integer
SO_EE_ORIGIN_LOCAL = nil

---origin of an error, ip(7)
---@type integer
SO_EE_ORIGIN_NONE = nil

---origin of an error, ip(7)
---@type integer
SO_EE_ORIGIN_TIMESTAMPING = nil

---origin of an error, ip(7)
---@type integer
SO_EE_ORIGIN_TXSTATUS = nil

---origin of an error, ip(7)
---@type integer
SO_EE_ORIGIN_ZEROCOPY = nil

---option: error (r); socket(7)
---@type integer
SO_ERROR = nil

---option: integer (rw); socket(7)
---@type integer
SO_INCOMING_CPU = nil

---option: boolean (rw); socket(7)
---@type integer
SO_KEEPALIVE = nil

---option: linger, s (rw); socket(7)
---@type integer
SO_LINGER = nil

---option: integer (rw); socket(7)
---@type integer
SO_MARK = nil

---option: boolean (rw); socket(7)
---@type integer
SO_OOBINLINE = nil

---option: integer, bytes (rw); socket(7)
---@type integer
SO_PEEK_OFF = nil

---option: integer (rw); socket(7)
---@type integer
SO_PRIORITY = nil

---option: integer (r); socket(7)
---@type integer
SO_PROTOCOL = nil

---option: integer, bytes, read back doubled (rw); socket(7)
---@type integer
SO_RCVBUF = nil

---option: integer, bytes (w); socket(7)
---@type integer
SO_RCVBUFFORCE = nil

---option: integer, bytes (rw); socket(7)
---@type integer
SO_RCVLOWAT = nil

---option: time, s, in ticks of the kernel; 0: none (rw); socket(7)
---@type integer
SO_RCVTIMEO = nil

---option: boolean (rw); socket(7)
---@type integer
SO_REUSEADDR = nil

---option: boolean (rw); socket(7)
---@type integer
SO_REUSEPORT = nil

---option: boolean (rw); socket(7)
---@type integer
SO_RXQ_OVFL = nil

---option: integer, bytes, read back doubled (rw); socket(7)
---@type integer
SO_SNDBUF = nil

---option: integer, bytes (w); socket(7)
---@type integer
SO_SNDBUFFORCE = nil

---option: integer, bytes (r); socket(7)
---@type integer
SO_SNDLOWAT = nil

---option: time, s, in ticks of the kernel; 0: none (rw); socket(7)
---@type integer
SO_SNDTIMEO = nil

---option: boolean (rw); socket(7)
---@type integer
SO_TIMESTAMP = nil

---option: integer, SOF_TIMESTAMPING_* bits (rw); linux/net_tstamp.h
---@type integer
SO_TIMESTAMPING = nil

---option: boolean (rw); socket(7)
---@type integer
SO_TIMESTAMPNS = nil

---option: integer (r); socket(7)
---@type integer
SO_TYPE = nil

---option: boolean (rw); socket(7)
---@type integer
SO_ZEROCOPY = nil

---bits of `options` in TCP_INFO
---@type integer
TCPI_OPT_ECN = nil

---bits of `options` in TCP_INFO
---@type integer
TCPI_OPT_ECN_SEEN = nil

---bits of `options` in TCP_INFO
---@type integer
TCPI_OPT_SACK = nil

---bits of `options` in TCP_INFO
---@type integer
TCPI_OPT_SYN_DATA = nil

---bits of `options` in TCP_INFO
---@type integer
TCPI_OPT_TIMESTAMPS = nil

---bits of `options` in TCP_INFO
---@type integer
TCPI_OPT_WSCALE = nil

---option: bytes (r); linux/inet_diag.h
---@type integer
TCP_CC_INFO = nil

---option: string (rw); tcp(7)
---@type integer
TCP_CONGESTION = nil

---option: boolean (rw); tcp(7)
---@type integer
TCP_CORK = nil

---option: time in whole seconds, s, rounded up to retransmissions (rw); tcp(7)
---@type integer
TCP_DEFER_ACCEPT = nil

---option: integer, connections (rw); tcp(7)
---@type integer
TCP_FASTOPEN = nil

---option: boolean (rw); tcp(7)
---@type integer
TCP_FASTOPEN_CONNECT = nil

---option: bytes, 16 or 32 bytes (rw); linux/tcp.h
---@type integer
TCP_FASTOPEN_KEY = nil

---option: boolean (rw); linux/tcp.h
---@type integer
TCP_FASTOPEN_NO_COOKIE = nil

---option: tcp_info (r); tcp(7)
---@type integer
TCP_INFO = nil

---option: boolean (rw); linux/tcp.h
---@type integer
TCP_INQ = nil

---option: integer, probes, 1 to 127 (rw); tcp(7)
---@type integer
TCP_KEEPCNT = nil

---option: time in whole seconds, s, 1 to 32767 (rw); tcp(7)
---@type integer
TCP_KEEPIDLE = nil

---option: time in whole seconds, s, 1 to 32767 (rw); tcp(7)
---@type integer
TCP_KEEPINTVL = nil

---option: time in whole seconds, s (rw); tcp(7)
---@type integer
TCP_LINGER2 = nil

---option: integer, bytes, 88 to 32767 (rw); tcp(7)
---@type integer
TCP_MAXSEG = nil

---option: boolean (rw); tcp(7)
---@type integer
TCP_NODELAY = nil

---option: integer, bytes (rw); linux/tcp.h
---@type integer
TCP_NOTSENT_LOWAT = nil

---option: boolean (rw); tcp(7)
---@type integer
TCP_QUICKACK = nil

---option: bytes (r); linux/tcp.h
---@type integer
TCP_SAVED_SYN = nil

---option: boolean (rw); linux/tcp.h
---@type integer
TCP_SAVE_SYN = nil

---option: integer, retransmissions, 1 to 127 (rw); tcp(7)
---@type integer
TCP_SYNCNT = nil

---option: boolean (rw); linux/tcp.h
---@type integer
TCP_THIN_LINEAR_TIMEOUTS = nil

---option: integer, ms (r); linux/tcp.h
---@type integer
TCP_TIMESTAMP = nil

---option: time in milliseconds, s (kept in ms), 0: default (rw); tcp(7)
---@type integer
TCP_USER_TIMEOUT = nil

---option: integer, bytes (rw); tcp(7)
---@type integer
TCP_WINDOW_CLAMP = nil

---option: boolean (rw); udp(7)
---@type integer
UDP_CORK = nil

---option: boolean (rw); udp(7)
---@type integer
UDP_GRO = nil

---option: integer, bytes (rw); udp(7)
---@type integer
UDP_SEGMENT = nil
