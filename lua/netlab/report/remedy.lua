-- remedy.lua: the way out when a lab cannot be built: by the step that failed and its errno.

local remedy = {}

local userns = "user namespaces are refused here. Debian: sysctl kernel.unprivileged_userns_clone=1; Ubuntu 24.04: "
  .. "an AppArmor profile with 'userns,' for netlab, or sysctl kernel.apparmor_restrict_unprivileged_userns=0; Docker: "
  .. "--security-opt seccomp=unconfined --security-opt systempaths=unconfined, or use Podman"

-- The first row whose words are in the message is taken; both are plain text.
local rows = {
  { "create the namespaces", "ENOSPC", "the limit of user or network namespaces is reached: sysctl "
    .. "user.max_user_namespaces, user.max_net_namespaces must not be 0" },
  { "lock the mounts", "ENOSPC", "the limit of user or network namespaces is reached: sysctl "
    .. "user.max_user_namespaces, user.max_net_namespaces must not be 0" },
  { "lock the mounts", "EPERM", userns },
  { "create the namespaces", "EPERM", userns },
  { "create the namespaces", "EACCES", userns },
  { "create the namespaces", "ENOSYS", "the kernel is too old, or a seccomp filter hides clone3: "
    .. "Linux 5.12 or newer is needed" },
  { "create the namespaces", "EINVAL", "the kernel lacks a kind of namespace: CONFIG_USER_NS, NET_NS, "
    .. "PID_NS, IPC_NS and UTS_NS are needed" },
  { "map the ids", "EPERM", userns },
  { "(/proc)", "EPERM", "this container hides parts of /proc: Docker needs --security-opt systempaths=unconfined" },
  { "read-only", "ENOSYS", "mount_setattr(2) is missing: Linux 5.12 or newer is needed" },
  { "create a network namespace", "ENOSPC", "sysctl user.max_net_namespaces is too low" },
  { "veth", "EOPNOTSUPP", "the kernel lacks veth: load the module veth (CONFIG_VETH)" },
  { "packet socket", "EAFNOSUPPORT", "the kernel lacks packet sockets: load the module af_packet (CONFIG_PACKET)" },
  { "start the script process", "EAGAIN", "the limit of processes of this user is reached: ulimit -u" },
  { "", "EMFILE", "too many open files: ulimit -n, or run fewer at once with -j" },
  { "", "ENOMEM", "too little memory: run fewer at once with -j" },
  { "", "", "'netlab doctor' looks at each facility that a lab needs" },
}

---What to do about a lab that could not be built.
---@param message string as the recording has it: "cannot STEP (SUBJECT): ERRNO: text"
---@return string
function remedy.of(message)
  for _, row in ipairs(rows) do
    if message:find(row[1], 1, true) and message:find(row[2], 1, true) then
      return row[3]
    end
  end
  return ""
end

return remedy
