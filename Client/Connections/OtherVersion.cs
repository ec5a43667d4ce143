using System.Reflection;

namespace MMOrleans.Client.Connections;

/// <summary>Clusters of other versions: messages are understood within a minor one.</summary>
internal static class OtherVersion
{
    private static readonly string Mine = typeof(OtherVersion)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    /// <exception cref="FaultException">MM3004: it is another one.</exception>
    public static void Refuse(string cluster) => Refuse(Mine, cluster);

    internal static void Refuse(string client, string cluster)
    {
        if (Minor(client) == Minor(cluster))
            return;
        throw new FaultException(
            "MM3004",
            $"client {client}, cluster {cluster}: they do not understand each other",
            $"use the client of the cluster's version, such as image mm:{cluster}"
        );
    }

    private static string Minor(string version) => string.Join('.', version.Split('.', '-').Take(2));
}
