namespace MMOrleans.Grains.Interfaces.Security;

/// <summary>What a process is to its cluster, as its certificate says it.</summary>
public enum TlsRole
{
    /// <summary>A member: a certificate with the name <see cref="TlsTrust.SiloName"/>, for servers and for clients.</summary>
    Silo,

    /// <summary>Somebody who asks members: a certificate for clients, of any name.</summary>
    Client,
}
