namespace MMOrleans.Grains.Interfaces.Transport;

/// <summary>Says how a silo's vectors get to the other silos.</summary>
/// <remarks>Key: <c>silo/transport</c>; pinned to that silo. Silos of an older version do not have it.</remarks>
[Alias("mm.ITransportGrain")]
public interface ITransportGrain : IGrainWithStringKey
{
    /// <summary>The silos that this one has sent vectors to, since it or they started.</summary>
    /// <remarks>It is looked at, so that who does not answer at once is left out.</remarks>
    [Alias("List"), AlwaysInterleave, ResponseTimeout("00:00:01")]
    Task<ImmutableArray<TransportUse>> ListAsync(CancellationToken cancellationToken = default);
}
